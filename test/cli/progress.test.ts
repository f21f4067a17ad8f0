import { describe, expect, it } from 'vitest';
import type { Step } from '../../src/aside/step.ts';
import { progressTo } from '../../src/cli/progress.ts';
import { writersTo } from '../../src/cli/terminal.ts';

// who restores two years of data wants to know whether to wait or to go to bed

/** Steps at their times (ms), and what is written to a file or drawn on a terminal. */
function written(steps: readonly (readonly [at: number, step: Step])[], terminal = false): string[] {
  const lines: string[] = [];
  let at = 0;
  const write = (line: string) => void lines.push(line);
  const report = progressTo({ err: write, now: () => at, ...(terminal && { redraw: write }) });
  for (const [when, step] of steps) {
    at = when;
    report(step);
  }
  return lines;
}

const documents = (done: number, total?: number): Step => ({
  verb: 'copied',
  done,
  unit: 'documents',
  ...(total !== undefined && { total })
});

describe('progress', () => {
  it('tells done, total, speed and time left', () => {
    expect(written([0, 10_000].map((at) => [at, documents(at * 12, 480_000)] as const))).toEqual([
      '  copied 0 of 480,000 documents (0 %)',
      '  copied 120,000 of 480,000 documents (25 %), 12,000/s, 30 s left'
    ]);
  });

  it('one line every three seconds in a log, five a second on a terminal', () => {
    const steps = Array.from({ length: 100 }, (_, n) => [n * 100, documents(n)] as const);
    expect(written(steps)).toHaveLength(4);
    expect(written(steps, true)).toHaveLength(50);
  });

  it('starts to measure anew with each stretch of the work', () => {
    const lines = written([
      [0, documents(0, 1000)],
      [4000, documents(1000, 1000)],
      [8000, { verb: 'verified', done: 10, total: 1000, unit: 'documents' }],
      [12_000, { verb: 'verified', done: 50, total: 1000, unit: 'documents' }]
    ]);
    expect(lines.at(-1)).toBe('  verified 50 of 1,000 documents (5 %), 10/s, 2 min left');
  });

  it.each<[string, Step, Step]>([
    ['  copied 50 MB of 100 MB (50 %), 5.0 MB/s, 10 s left', bytes(0), bytes(50e6)],
    ['  copied 500 documents, 50/s', documents(0), documents(500)],
    // a server goes on writing while it is read
    ['  copied 1,200 of 1,200 documents (100 %), 120/s, 0 s left', documents(0, 1000), documents(1200, 1000)],
    ['  copied 1 of 37,000 documents (0 %), 0/s, 102 h 47 min left', documents(0, 37_000), documents(1, 37_000)],
    ['  structure checked', 'copied', 'structure checked']
  ])('%s', (line, first, second) => {
    expect(
      written([
        [0, first],
        [10_000, second]
      ]).at(-1)
    ).toBe(line);
  });
});

function bytes(done: number): Step {
  return { verb: 'copied', done, total: 100e6, unit: 'bytes' };
}

describe('a terminal', () => {
  const streams = (isTTY: boolean) => {
    const all: string[] = [];
    const stream = { isTTY, columns: 20, write: (text: string) => void all.push(text) };
    return { all, ...writersTo(stream, stream) };
  };

  it('draws a line anew, never wider than it is, and clears it before one that stays', () => {
    const { all, out, err, redraw } = streams(true);
    redraw!('  copied 1 of 20 documents');
    redraw!('  copied 2');
    out('done');
    err('and more');
    expect(all).toEqual(['\r\u001b[2K  copied 1 of 20 do', '\r\u001b[2K  copied 2', '\r\u001b[2K', 'done\n', 'and more\n']);
  });

  it('a file holds no control characters', () => {
    const { all, out, redraw } = streams(false);
    expect(redraw).toBeUndefined();
    out('{"a":1}');
    expect(all).toEqual(['{"a":1}\n']);
  });
});
