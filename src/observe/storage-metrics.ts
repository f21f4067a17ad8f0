import { Counter, type Registry } from 'prom-client';
import { Refusal } from '../errors.ts';
import type { StoreName } from '../storage/port.ts';
import { createDurations } from './durations.ts';

export type StorageOperation = 'find' | 'count' | 'candidates' | 'apply';

export interface StorageMetrics {
  took(operation: StorageOperation, collection: StoreName, ms: number): void;
  failed(operation: StorageOperation, collection: StoreName, error: unknown): void;
}

/** Database operations, how long they take and how they fail. */
export function storageMetrics(register: Registry): StorageMetrics {
  const duration = createDurations(register, {
    name: 'vigil_storage_operation_seconds',
    help: 'Time database operations take; of a find the time spent in the database, not that of the reader.',
    labelNames: ['operation', 'collection'],
    buckets: [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 5, 30]
  });
  const errors = new Counter({
    name: 'vigil_storage_errors_total',
    help: 'Database operations that failed, by the code of the refusal (internal: nobody foresaw it).',
    labelNames: ['operation', 'collection', 'code'],
    registers: [register]
  });
  return {
    took: (operation, collection, ms) => duration.observe([operation, collection], ms / 1000),
    failed: (operation, collection, error) =>
      errors.inc({ operation, collection, code: error instanceof Refusal ? error.code : 'internal' })
  };
}
