import { rolesByName } from '../access/roles.ts';
import { compileGrants } from '../access/wildcard.ts';
import type { SiteRoute } from '../openapi/document.ts';
import { mayAck, mayRead, mayWrite, mayWriteTreatments } from '../sockets/authorize.ts';
import type { AuditedSite } from './site.ts';

/** Somebody who may ask the site for something. */
interface Caller {
  readonly name: string;
  readonly kind: 'stranger' | 'default role' | 'subject' | 'secret';
  readonly may: (permission: string) => boolean;
  /** Why it counts for nothing at present. */
  readonly note?: string;
}

/** What one caller may, in the words of the permissions. */
export interface Abilities {
  readonly caller: string;
  readonly kind: Caller['kind'];
  readonly note?: string;
  /** Names of what can be read: `entries`, `treatments` … */
  readonly reads: readonly string[];
  /** By verb, what can be changed: `create: treatments`. */
  readonly changes: Readonly<Record<string, readonly string[]>>;
  /** Permissions of another shape. */
  readonly more: readonly string[];
  /** What it hears and may say over Socket.IO. */
  readonly sockets: readonly string[];
  /** `GET /api/v1/entries` of each route that answers. */
  readonly routes: readonly string[];
  /** How many routes there are. */
  readonly of: number;
}

const EVERYTHING = () => true;

function callersOf({ directory, config, roleDocs, now }: AuditedSite): Caller[] {
  const roles = rolesByName(roleDocs);
  const defaults = [...new Set(config.authDefaultRoles)];
  return [
    { name: 'a stranger, without credentials', kind: 'stranger', may: directory.mayAnonymous },
    ...defaults.map((name): Caller => {
      const granted = roles.get(name);
      const note = granted ? undefined : 'there is no such role';
      return { name, kind: 'default role', may: compileGrants(granted ?? []), ...(note && { note }) };
    }),
    ...directory.subjects.map(({ name, may, expires }): Caller => {
      const isOver = expires !== undefined && expires <= now;
      return { name: name || '(no name)', kind: 'subject', may: isOver ? () => false : may, ...(isOver && { note: 'expired' }) };
    }),
    { name: 'whoever has the API secret', kind: 'secret', may: EVERYTHING }
  ];
}

/** Everybody who may come, and what they may; worked out by the server's own rules. */
export const abilitiesOf = (site: AuditedSite, routes: readonly SiteRoute[]): Abilities[] =>
  callersOf(site).map((caller) => ({
    caller: caller.name,
    kind: caller.kind,
    ...(caller.note && { note: caller.note }),
    ...inWords(grantedOf(caller, routes)),
    sockets: socketsOf(caller),
    routes: routes.filter((route) => answers(route, caller)).map(({ method, path }) => `${method.toUpperCase()} ${path}`),
    of: routes.length
  }));

const answers = (route: SiteRoute, caller: Caller): boolean => route.isOpen || (isLetIn(route, caller) && mayAsk(route, caller));

/** v3 knows tokens only: neither the secret nor a stranger comes in, whatever they may. */
const isLetIn = ({ takesToken }: SiteRoute, { kind }: Caller): boolean => !takesToken || kind === 'subject';

/** Some paths name what they ask for; glucose stands for all of it. */
const named = (permission: string): string =>
  permission.replace('{storage}', 'entries').replace('{permission}', 'api:entries:read');

const mayAsk = ({ permissions }: SiteRoute, { may }: Caller): boolean =>
  permissions.every((right) => [right].flat().some((one) => may(named(one))));

/** Every permission that some route asks for and the caller has there; what an open route would ask for counts too. */
const grantedOf = (caller: Caller, routes: readonly SiteRoute[]): string[] => [
  ...new Set(
    routes
      .filter((route) => isLetIn(route, caller))
      .flatMap((route) =>
        route.permissions.flat().filter((permission) => !permission.includes('{') && (route.isOpen || caller.may(permission)))
      )
  )
];

function inWords(granted: readonly string[]): Pick<Abilities, 'reads' | 'changes' | 'more'> {
  const reads: string[] = [];
  const changes: Record<string, string[]> = {};
  const more: string[] = [];
  for (const permission of [...granted].sort()) {
    const [, noun, verb] = /^api:([^:*]+):(\w+)$/.exec(permission) ?? [];
    if (!noun || !verb) more.push(permission);
    else if (verb === 'read') reads.push(noun);
    else changes[verb] = [...(changes[verb] ?? []), noun];
  }
  return { reads, changes, more };
}

function socketsOf({ may, kind }: Caller): string[] {
  const who = { kind: 'subject', subjectName: undefined, subjectId: undefined, may } as const;
  return [
    ...(mayRead(who) ? ['live data', 'alarms'] : []),
    ...(kind === 'subject' && may('api:entries:read') ? ['changes of collections'] : []),
    ...(mayWrite(who) ? ['write everything'] : mayWriteTreatments(who) ? ['write treatments'] : []),
    ...(mayAck(who) ? ['silence alarms'] : [])
  ];
}
