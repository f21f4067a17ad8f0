import type { Logger } from 'pino';
import { Refusal } from '../errors.ts';
import type { Change, Storage, Stored, StoreName } from '../storage/port.ts';
import { shapeOfFilter, shapeOfKeys } from './query-shape.ts';
import type { StorageMetrics, StorageOperation } from './storage-metrics.ts';

interface Observer {
  readonly log: Logger;
  /** Operations that take longer are logged, ms; 0: none. */
  readonly slowMs: number;
  readonly metrics?: StorageMetrics | undefined;
}

/**
 * The store with every read and write measured: for the metrics, and for the slow-query log, which tells the shape of a query and
 * never a value. A `find` still reads batch by batch; only the time it spends in the store counts.
 */
export function observed(storage: Storage, { log, slowMs, metrics }: Observer): Storage {
  function took(operation: StorageOperation, collection: StoreName, ms: number, describe: () => object): void {
    metrics?.took(operation, collection, ms);
    if (slowMs > 0 && ms > slowMs)
      log.warn({ operation, collection, ...describe(), ms: Math.round(ms) }, 'a database operation was slow');
  }

  function failed(operation: StorageOperation, collection: StoreName, error: unknown): void {
    // a query that says nonsense is no trouble of the database
    if (error instanceof Refusal && error.status < 500) return;
    metrics?.failed(operation, collection, error);
  }

  async function timed<T>(
    operation: StorageOperation,
    collection: StoreName,
    describe: () => object,
    work: () => Promise<T>
  ): Promise<T> {
    const start = performance.now();
    try {
      return await work();
    } catch (error) {
      failed(operation, collection, error);
      throw error;
    } finally {
      took(operation, collection, performance.now() - start, describe);
    }
  }

  return {
    ...storage,
    find: (collection, query) => ({
      [Symbol.asyncIterator]() {
        const source = storage.find(collection, query)[Symbol.asyncIterator]();
        let ms = 0;
        let over = false;
        const end = (): void => {
          if (over) return;
          over = true;
          const { filter, sort, skip, limit } = query;
          took('find', collection, ms, () => ({ filter: shapeOfFilter(filter), sort: sort && shapeOfSort(sort), skip, limit }));
        };
        return {
          async next(): Promise<IteratorResult<Stored[]>> {
            const start = performance.now();
            try {
              const result = await source.next();
              ms += performance.now() - start;
              if (result.done) end();
              return result;
            } catch (error) {
              ms += performance.now() - start;
              if (!over) failed('find', collection, error);
              end();
              throw error;
            }
          },
          async return(): Promise<IteratorResult<Stored[]>> {
            end();
            await source.return?.();
            return { done: true, value: undefined };
          }
        };
      }
    }),
    count: (collection, filter) =>
      timed(
        'count',
        collection,
        () => ({ filter: shapeOfFilter(filter) }),
        () => storage.count(collection, filter)
      ),
    candidates: (collection, keys) =>
      timed(
        'candidates',
        collection,
        () => ({ keys: keys.length, fields: shapeOfKeys(keys) }),
        () => storage.candidates(collection, keys)
      ),
    apply: (changes) =>
      timed(
        'apply',
        collectionOf(changes),
        () => ({ changes: changes.length }),
        () => storage.apply(changes)
      )
  };
}

/** A batch is of one collection, whose tombstones stand before the documents they are for. */
const collectionOf = (changes: readonly Change[]): StoreName => changes.at(-1)?.collection ?? 'state';

const shapeOfSort = (sort: readonly (readonly [string, 1 | -1])[]): string =>
  sort.map(([field, direction]) => `${direction < 0 ? '-' : ''}${shapeOfKeys([{ [field]: 0 }])}`).join(' ');
