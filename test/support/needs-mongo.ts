import { beforeEach } from 'vitest';
import { mongoUrl } from './mongo.ts';

// the run says loudly at its end that these did not run
beforeEach(({ skip }) => {
  if (!mongoUrl()) skip();
});
