import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { createGate } from '../../src/storage/mongo/gate.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

it('gives up an operation the driver never ends once the database is lost, and no other (uploads behind it hung for ever)', async () => {
  const gate = createGate();
  const settled: string[] = [];
  const follow = (name: string, work: Promise<unknown>) =>
    gate.guard(work).then(
      () => settled.push(`${name} done`),
      (error: Error) => settled.push(`${name}: ${error.message}`)
    );
  let finish = (): void => {};
  void follow('hangs', new Promise(() => {}));
  void follow('is slow', new Promise<void>((resolve) => (finish = resolve)));
  await vi.advanceTimersByTimeAsync(60_000);
  gate.lost();
  void follow('asked later', new Promise(() => {}));
  await vi.advanceTimersByTimeAsync(4000);
  finish();
  await vi.advanceTimersByTimeAsync(60_000);
  expect(settled).toEqual(['is slow done', 'hangs: The database does not answer']);
});
