import { type Command, InvalidArgumentError } from 'commander';
import type { ListedSubject } from '../../access/admin.ts';
import { textList } from '../../access/roles.ts';
import { readConfig } from '../../config/read-config.ts';
import { type CliContext, CommandFailed, EXIT } from '../context.ts';
import { openTokenDesk, type TokenDesk } from '../token-desk.ts';
import { tokenUses } from '../token-uses.ts';

/** `vigil token list|add|revoke`: access tokens, beside a running server or without one. */
export function addToken(program: Command, context: CliContext): void {
  const token = program.command('token').description('access tokens of people and apps');
  token
    .command('list')
    .description('who has a token, for what, and when it was last used')
    .option('--show-tokens', 'show the tokens themselves')
    .option('--json', 'print the result as JSON')
    .action((options: { showTokens?: boolean; json?: boolean }) => at(context, (desk) => list(context, desk, options)));
  token
    .command('add')
    .description('make a token; it is shown once, with what to paste where')
    .argument('<name>', 'person or app it is for')
    .requiredOption('--role <role...>', 'what it may: readable, careportal, admin … (vigil token add x --role ? lists them)')
    .option('--expires <date>', 'when it ends, YYYY-MM-DD or an ISO date (default: never)', readDate)
    .option('--json', 'print the result as JSON')
    .action((name: string, options: { role: string[]; expires?: string; json?: boolean }) =>
      at(context, (desk) => add(context, desk, name, options))
    );
  token
    .command('revoke')
    .description('end a token at once, also for sockets that came with it')
    .argument('<name>', 'as vigil token list shows it, or the _id')
    .option('--json', 'print the result as JSON')
    .action((name: string, options: { json?: boolean }) => at(context, (desk) => revoke(context, desk, name, options)));
}

async function at(context: CliContext, work: (desk: TokenDesk) => Promise<void>): Promise<void> {
  const desk = await openTokenDesk(readConfig(context.env), context);
  try {
    await work(desk);
  } finally {
    await desk.close();
  }
}

function readDate(text: string): string {
  const at = Date.parse(text);
  if (!/^\d{4}-\d\d-\d\d/.test(text) || Number.isNaN(at)) throw new InvalidArgumentError('It must be a date such as 2027-01-31.');
  return new Date(at).toISOString();
}

/** Whose it is can be told by the part before the dash. */
const masked = (token: string): string => token.replace(/-[^-]*$/, '-…');

async function list(
  { out, now }: CliContext,
  desk: TokenDesk,
  { showTokens = false, json }: { showTokens?: boolean; json?: boolean }
): Promise<void> {
  const subjects = (await desk.subjects()).map((subject) =>
    showTokens ? subject : { ...subject, accessToken: masked(subject.accessToken) }
  );
  if (json) return out(JSON.stringify(subjects));
  if (subjects.length === 0) return out('There are no access tokens. Make one: vigil token add NAME --role readable');
  const rows = subjects.map((subject) => rowOf(subject, now()));
  const titles = ['name', 'roles', 'ends', 'last used', 'token', '_id'];
  const widths = titles.map((title, column) => Math.max(title.length, ...rows.map((row) => row[column]!.length)));
  for (const row of [titles, ...rows])
    out(
      row
        .map((cell, column) => cell.padEnd(widths[column]!))
        .join('  ')
        .trimEnd()
    );
}

function rowOf({ _id, name, roles, expires, lastUsed, accessToken }: ListedSubject, now: number): string[] {
  const ends = expires === undefined ? 'never' : `${day(expires)}${Date.parse(expires) <= now ? ' (over)' : ''}`;
  return [
    name || '(no name)',
    textList(roles).join(', ') || 'none',
    ends,
    lastUsed ? day(lastUsed) : 'not known',
    accessToken,
    _id
  ];
}

const day = (iso: string): string => iso.slice(0, 10);

async function add(
  context: CliContext,
  desk: TokenDesk,
  name: string,
  { role: roles, expires, json }: { role: string[]; expires?: string; json?: boolean }
): Promise<void> {
  const known = await desk.roles();
  const strange = roles.filter((one) => !known.some((role) => role.name === one));
  if (strange.length > 0)
    throw new CommandFailed(
      `There is no role ${strange.join(', ')}. Roles of this site: ${known.map((role) => role.name).join(', ')}.`,
      EXIT.usage
    );
  if ((await desk.subjects()).some((subject) => subject.name === name))
    throw new CommandFailed(`${name} has a token already. Take another name, or revoke it first: vigil token revoke ${name}`);
  const _id = await desk.add({ name, roles, ...(expires !== undefined && { expires }) });
  const made = (await desk.subjects()).find((subject) => subject._id === _id);
  if (!made) throw new CommandFailed(`The token of ${name} was made, but the site does not list it.`);
  const config = readConfig(context.env);
  // what strangers may, everybody may
  const granted = new Set([...roles, ...config.authDefaultRoles]);
  const permissions = known.filter((role) => granted.has(role.name)).flatMap((role) => role.permissions);
  const uses = tokenUses(config, made.accessToken, permissions);
  if (json) return context.out(JSON.stringify({ ...made, uses }));
  context.out(`${name}: ${made.accessToken}`);
  context.out(`  may act as ${roles.join(', ')}, ${expires === undefined ? 'without end' : `until ${day(expires)}`}`);
  if (uses.length > 0) context.out('Paste it:');
  for (const { app, paste } of uses) context.out(`  ${app}: ${paste}`);
  context.out('Whoever has it may do this. It is not shown again (vigil token list --show-tokens does).');
}

async function revoke({ out }: CliContext, desk: TokenDesk, name: string, { json }: { json?: boolean }): Promise<void> {
  const found = (await desk.subjects()).filter((subject) => subject._id === name || subject.name === name);
  if (found.length === 0) throw new CommandFailed(`Nobody here is called ${name}: see vigil token list.`);
  if (found.length > 1)
    throw new CommandFailed(
      `${found.length} subjects are called ${name}. Name one by its _id: ${found.map(({ _id }) => _id).join(', ')}`
    );
  const [{ _id, name: called }] = found as [ListedSubject];
  await desk.remove(_id);
  if (json) out(JSON.stringify({ revoked: { _id, name: called } }));
  else out(`The token of ${called} is worth nothing any more.`);
}
