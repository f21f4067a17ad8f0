import type { Doc } from '../../storage/port.ts';

function cell(value: unknown): string {
  if (value === undefined || value === null || value === false) return '';
  if (value === true) return '1';
  const text = typeof value === 'object' ? JSON.stringify(value) : String(value);
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

/** CSV as the reference writes it: the first document names the columns, `\n` ends lines, no documents give no text. */
export function toCsv(docs: readonly Doc[]): string {
  if (docs.length === 0) return '';
  const columns = Object.keys(docs[0]!);
  return [columns, ...docs.map((doc) => columns.map((name) => doc[name]))].map((row) => `${row.map(cell).join(',')}\n`).join('');
}
