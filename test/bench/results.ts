import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { cpus, totalmem } from 'node:os';
import { fileURLToPath } from 'node:url';
import { CAN_PIN } from './pin.ts';
import { render, type Section } from './table.ts';

const at = (path: string): string => fileURLToPath(new URL(path, import.meta.url));
const PARTS = at('../bench-out/parts');

/** What one part found, and when and on what. */
interface Measured {
  readonly date: string;
  readonly machine: string;
  /** State of `src` and of what it depends on. */
  readonly source: string;
  readonly section: Section;
}

const git = (...args: string[]): string => execFileSync('git', args, { encoding: 'utf8', cwd: at('../..') }).trim();
const MEASURED = ['src', 'package-lock.json'];

/** A name for the state of the sources, committed or not; tests and documents do not count. */
export function sourceState(): string {
  const changed = git('diff', 'HEAD', '--', ...MEASURED) + git('ls-files', '--others', '--exclude-standard', ...MEASURED);
  const trees = MEASURED.map((path) => git('rev-parse', `HEAD:${path}`)).join(' ');
  return createHash('sha256').update(`${trees} ${changed}`).digest('hex').slice(0, 12);
}

const machine = (): string =>
  `Node ${process.versions.node}, ${cpus().length} × ${cpus()[0]?.model.trim()}, ${Math.round(totalmem() / 2 ** 30)} GiB`;

/** Keeps what a part found until it is measured again. @param source state of the sources when it began */
export function keepPart(name: string, source: string, section: Section): void {
  mkdirSync(PARTS, { recursive: true });
  const date = new Date().toISOString().slice(0, 16).replace('T', ' ');
  const measured: Measured = { date: `${date} UTC`, machine: machine(), source, section };
  writeFileSync(`${PARTS}/${name}.json`, JSON.stringify(measured, null, 1));
}

/**
 * Writes results.md from all parts that were ever measured here, and notes.md behind them. A part that was measured on other
 * sources than the present ones says so.
 * @param order names of all parts
 */
export function writeResults(order: readonly string[]): string {
  const source = sourceState();
  const known = existsSync(PARTS) ? readdirSync(PARTS) : [];
  const sections = order.map((name) => {
    if (!known.includes(`${name}.json`)) return `## ${name}\n\nNot measured yet: \`npm run bench -- ${name}\`.\n`;
    const measured = JSON.parse(readFileSync(`${PARTS}/${name}.json`, 'utf8')) as Measured;
    const { date, section, machine } = measured;
    const stale = measured.source === source ? '' : ' **Measured on an earlier state of the sources.**';
    return render({ ...section, method: `${section.method}\n\nMeasured ${date} on ${machine}.${stale}` });
  });
  const text = [
    '# Benchmark results',
    '',
    `Written by \`npm run bench\`. ${CAN_PIN ? 'Each measured server has one core, the load and MongoDB the others.' : 'Servers and load share all cores.'} Rates depend on what else the machine does; ratios, taken in turn, and CPU times less so.`,
    '',
    ...sections,
    readFileSync(at('notes.md'), 'utf8')
  ].join('\n');
  writeFileSync(at('results.md'), text);
  return text;
}
