import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { renderEnvExample } from '../src/config/env-example.ts';
import { readConfig } from '../src/config/read-config.ts';

const REGENERATE = `npx tsx -e "import('./src/config/env-example.ts').then((m) => require('node:fs').writeFileSync('.env.example', m.renderEnvExample()))"`;

it('.env.example lists every variable with its sentence and default, as the server reads them', () => {
  const file = readFileSync(new URL('../.env.example', import.meta.url), 'utf8');
  expect(file, `.env.example is out of date; regenerate it:\n  ${REGENERATE}`).toBe(renderEnvExample());
});

it('.env.example with every line uncommented is understood', () => {
  const lines = [...renderEnvExample().matchAll(/^# ([A-Z][A-Z0-9_]+)=(.*)$/gm)];
  expect(lines.length).toBeGreaterThan(150);
  const env = Object.fromEntries(lines.map(([, name = '', value = '']) => [name, value]));
  const { warnings } = readConfig(env, 'machine');
  expect(warnings.filter((sentence) => !sentence.includes('ENABLE does not name'))).toEqual([]);
});
