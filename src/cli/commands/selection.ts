import { isMoveName, MOVE_NAMES, type MoveName } from '../../move/names.ts';
import { type Range, readBound } from '../../move/times.ts';
import { CommandFailed, EXIT } from '../context.ts';

/** Options that say which documents are meant. */
export interface SelectionOptions {
  readonly collections?: string;
  readonly from?: string;
  readonly to?: string;
}

/** @returns the collections named, none for all, and the range of time. @throws CommandFailed for what cannot be understood */
export function readSelection({ collections, from, to }: SelectionOptions): { names: MoveName[]; range: Range } {
  const words = (collections ?? '').split(',').flatMap((word) => word.trim() || []);
  const unknown = words.filter((word) => !isMoveName(word));
  if (unknown.length > 0)
    throw new CommandFailed(`There is no collection ${unknown.join(', ')}: there are ${MOVE_NAMES.join(', ')}.`, EXIT.usage);
  const [first, last] = [bound('--from', from, false), bound('--to', to, true)];
  if (first !== undefined && last !== undefined && first >= last)
    throw new CommandFailed('--from must be before --to.', EXIT.usage);
  return {
    names: words as MoveName[],
    range: { ...(first !== undefined && { from: first }), ...(last !== undefined && { to: last }) }
  };
}

function bound(option: string, text: string | undefined, end: boolean): number | undefined {
  if (text === undefined) return undefined;
  const at = readBound(text, end);
  if (at === undefined) throw new CommandFailed(`${option} must be a day such as 2026-01-31, or an instant.`, EXIT.usage);
  return at;
}
