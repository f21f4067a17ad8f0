/** Where this site begins: the top of its host, or `/nightscout/` where a proxy put it under a path. */
const ROOT = new URL('../../', import.meta.url);

/** Path of the site's beginning, `/` at its end. */
export const sitePath = ROOT.pathname;

/** What people enter into an app, without scheme: `host`, `host/nightscout`. */
export const siteAddress = ROOT.host + ROOT.pathname.replace(/\/$/, '');

/** The address of `/path` on this site. Whatever a script asks for or links to is named through it. */
export const here = (path) => sitePath + path.replace(/^\//, '');

/** The page's own path as the site sees it: `/clock/bgclock`. */
export const pagePath = () => `/${location.pathname.slice(sitePath.length)}`;
