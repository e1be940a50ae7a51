// Pages work without this; it brings the design system's own behaviour to life, also in what htmx brings in later.

/* global DKFDS */
DKFDS.init();

document.body.addEventListener("htmx:after:swap", (event) => {
  DKFDS.init({ scope: event.detail.ctx.target });
});
