import { availableParallelism } from 'node:os';
import { defineConfig } from 'vitest/config';

/** What an app can see. Nothing there is global, so these files may share what they import. */
const APPS = ['test/{v1,v2,v3,collections,housekeeping}/*.test.ts'];

// A busy machine is waited for: what has stopped is told from what is slow by these alone, so nothing in the tests is timed.
const common = { exclude: ['test/bench/**'], testTimeout: 60_000, hookTimeout: 60_000, expect: { poll: { timeout: 30_000 } } };

export default defineConfig({
  test: {
    root: new URL('..', import.meta.url).pathname,
    globalSetup: ['test/support/build-global-setup.ts', 'test/support/mongo-global-setup.ts'],
    pool: 'forks',
    // many suites wait for sockets, databases and other processes rather than for a core
    maxWorkers: Math.max(4, availableParallelism()),
    projects: [
      // everything, on the embedded store (suites that compare the stores open MongoDB themselves): first what an app can see …
      { extends: true, test: { ...common, name: 'apps', include: APPS, isolate: false } },
      // … then all the rest
      {
        extends: true,
        test: { ...common, name: 'sqlite', isolate: false, include: ['test/**/*.test.ts'], exclude: [...common.exclude, ...APPS] }
      },
      // what an app can see, once more on MongoDB
      {
        extends: true,
        test: {
          ...common,
          name: 'mongodb',
          isolate: false,
          include: APPS,
          env: { TEST_STORE: 'mongodb' },
          setupFiles: ['test/support/needs-mongo.ts']
        }
      },
      // and what is asked most once more with every document in SQLite's archive
      {
        extends: true,
        test: {
          ...common,
          name: 'frozen',
          isolate: false,
          include: ['test/{v1,v3}/*.test.ts'],
          setupFiles: ['test/support/frozen-setup.ts']
        }
      }
    ]
  }
});
