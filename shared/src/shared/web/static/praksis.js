// Pages work without this; it brings the design system's own behaviour to life.

/* global DKFDS */
DKFDS.init();

// By the address of this very file, which changes when one of them may have changed.
await import(`./kept.js${new URL(import.meta.url).search}`);
