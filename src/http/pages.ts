import { type RequestHandler, Router } from 'express';

/** Where the reference has its web pages; bookmarks and monitors ask for them. */
const PATHS = ['/', '/admin', '/food', '/profile', '/report', '/split', '/clock/:face'];

const PAGE = `<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex">
<title>Vigil</title>
</head>
<body>
<h1>Vigil is running</h1>
<p>This is a Nightscout-compatible server. It has no pages of its own to look at glucose: enter its address in your app
(Loop, Trio, AndroidAPS, xDrip+, LoopFollow, nightguard and others) together with your API secret or access token.</p>
<p>Is it well? See <a href="/api/v1/status.json">its status</a>.</p>
</body>
</html>
`;

const page: RequestHandler = (_req, res) => {
  res.type('html').send(PAGE);
};

/** One plain page in place of the reference's web interface, for everybody: it says nothing about anybody. */
export function pages(): Router {
  const router = Router();
  for (const path of PATHS) router.get(path, page);
  return router;
}
