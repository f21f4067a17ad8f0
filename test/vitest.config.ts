import { availableParallelism } from 'node:os';
import { defineConfig } from 'vitest/config';

const common = { exclude: ['test/bench/**'], testTimeout: 20_000, hookTimeout: 30_000 };

export default defineConfig({
  test: {
    root: new URL('..', import.meta.url).pathname,
    globalSetup: ['test/support/mongo-global-setup.ts'],
    pool: 'forks',
    // many suites wait for sockets, databases and other processes rather than for a core
    maxWorkers: Math.max(4, availableParallelism()),
    projects: [
      // everything, on the embedded store (suites that compare the stores open MongoDB themselves)
      { extends: true, test: { ...common, name: 'sqlite', include: ['test/**/*.test.ts'] } },
      // what an app can see, once more on MongoDB; nothing here is global, so files share what they import
      {
        extends: true,
        test: {
          ...common,
          name: 'mongodb',
          isolate: false,
          include: ['test/{v1,v2,v3,collections,housekeeping}/*.test.ts'],
          env: { TEST_STORE: 'mongodb' },
          setupFiles: ['test/support/needs-mongo.ts']
        }
      },
      // and once more with every document in SQLite's archive
      {
        extends: true,
        test: {
          ...common,
          name: 'frozen',
          isolate: false,
          include: ['test/{v1,v2,v3,collections}/*.test.ts'],
          setupFiles: ['test/support/frozen-setup.ts']
        }
      }
    ]
  }
});
