import type { NextFunction, RequestHandler } from 'express';

/**
 * Several handlers as one. Express matches paths, cuts them and keeps parameters anew for each of its layers, which costs more
 * than most of our handlers do; what every request passes anyway is therefore one layer. As there, what a handler throws or
 * rejects with goes to the error handlers.
 */
export function inOrder(...handlers: RequestHandler[]): RequestHandler {
  return (req, res, next) => {
    let at = 0;
    const step: NextFunction = (error?: unknown) => {
      const handler = handlers[at++];
      if (error || !handler) return next(error);
      try {
        const result: unknown = handler(req, res, step);
        if (result instanceof Promise) result.catch((reason: unknown) => next(reason ?? new Error('Rejected promise')));
      } catch (thrown) {
        next(thrown);
      }
    };
    step();
  };
}
