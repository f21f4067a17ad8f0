import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { LOOK_MS, tidyAtRest } from '../../src/cli/tidy.ts';

// issue 6: at rest a site takes 82 MB instead of 99
const MB = 1_048_576;
let state = { heap: 0, cpu: 0, collected: 0 };
const look = (busy = 0): void => {
  state.cpu += busy * LOOK_MS * 1000;
  vi.advanceTimersByTime(LOOK_MS);
};
const site = () =>
  tidyAtRest({
    heap: () => state.heap,
    cpu: () => state.cpu,
    collect() {
      state.collected += 1;
      state.cpu += 100_000;
      state.heap = 23 * MB;
    }
  });

beforeEach(() => {
  vi.useFakeTimers();
  state = { heap: 54 * MB, cpu: 900_000, collected: 0 };
});
afterEach(() => void vi.useRealTimers());

it('memory of the start is given back once the server is at rest, and not while it works', () => {
  const stop = site();
  look(0.5);
  look(0.06);
  expect(state.collected).toBe(0);
  look(0.01);
  expect(state.collected).toBe(1);
  stop();
});

it('again only after it has grown', () => {
  const stop = site();
  for (let n = 0; n < 5; n++) look(0.01);
  state.heap = 30 * MB;
  look(0.01);
  expect(state.collected).toBe(1);
  state.heap = 60 * MB;
  look(0.01);
  expect(state.collected).toBe(2);
  stop();
  state.heap = 90 * MB;
  look(0.01);
  expect(state.collected).toBe(2);
});

it('really collects', () => {
  vi.useRealTimers();
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
  const stop = tidyAtRest();
  (() => new Array(4_000_000).fill(0))();
  const before = process.memoryUsage().heapUsed;
  vi.spyOn(process, 'cpuUsage').mockReturnValue({ user: 0, system: 0 });
  vi.advanceTimersByTime(LOOK_MS);
  vi.restoreAllMocks();
  stop();
  expect(process.memoryUsage().heapUsed).toBeLessThan(before - 16 * MB);
});
