// Pages work without this; it brings the design system's own behaviour to life.

/* global DKFDS */
DKFDS.init();
