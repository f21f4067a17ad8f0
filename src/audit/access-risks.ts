import { rolesByName, textList } from '../access/roles.ts';
import { compileGrants } from '../access/wildcard.ts';
import { estimatedBits, secretNotes } from '../alarms/weak-secret.ts';
import type { Abilities } from './callers.ts';
import { type Finding, finding } from './finding.ts';
import type { AuditedSite } from './site.ts';

/** What can be done wrong about who may what. */
export function accessRisks(site: AuditedSite, abilities: readonly Abilities[]): Finding[] {
  return [...secretRisks(site), ...strangerRisks(site, abilities), ...guessingRisks(site), ...subjectRisks(site)];
}

function secretRisks({ apiSecret, config }: AuditedSite): Finding[] {
  if (apiSecret === undefined) return [];
  const notes = secretNotes(apiSecret, config).map(({ message }) => message);
  const bits = Math.floor(estimatedBits(apiSecret));
  return notes.map((message) =>
    message.includes('easy to guess')
      ? finding(
          'high',
          'weak-secret',
          `The API secret is easy to guess (about ${bits} bits), and it may do everything.`,
          'API_SECRET: take a longer one that mixes small and capital letters, digits and other signs, or none, then the server makes one. Every access token changes with it.'
        )
      : finding(
          'medium',
          'secret-reused',
          'The API secret is also the password of the database.',
          'API_SECRET: take another one.'
        )
  );
}

const ADMINISTRATION = /^admin:/;

function strangerRisks({ config, treatmentsAuthOff, directory }: AuditedSite, abilities: readonly Abilities[]): Finding[] {
  const stranger = abilities.find(({ kind }) => kind === 'stranger')!;
  const setting = treatmentsAuthOff
    ? 'TREATMENTS_AUTH (off adds the role careportal) or AUTH_DEFAULT_ROLES'
    : 'AUTH_DEFAULT_ROLES';
  const changes = Object.entries(stranger.changes).map(([verb, nouns]) => `${verb} ${nouns.join(', ')}`);
  const found: Finding[] = [];
  if (!config.api3.securityEnable)
    found.push(
      finding(
        'high',
        'v3-open',
        'API v3 lets everybody read, change and delete everything.',
        'API3_SECURITY_ENABLE: leave it out, or set it to on.'
      )
    );
  if (stranger.more.some((permission) => ADMINISTRATION.test(permission)))
    found.push(
      finding(
        'high',
        'stranger-administers',
        'Everybody may see tokens, or make subjects and roles.',
        'AUTH_DEFAULT_ROLES: "readable" or "denied".'
      )
    );
  const writes = ['api:treatments:create', 'api:entries:create', 'api:*:create', 'api:*:delete'].some(directory.mayAnonymous);
  if (writes || (config.api3.securityEnable && changes.length > 0))
    found.push(
      finding(
        'high',
        'stranger-writes',
        `Everybody may ${changes.join('; ')}: apps that dose insulin act on such data.`,
        `${setting}: take the role out that allows it; give each person or app a token of its own on /admin/.`
      )
    );
  else if (stranger.sockets.includes('silence alarms'))
    found.push(
      finding('high', 'stranger-silences', 'Everybody may silence alarms.', 'AUTH_DEFAULT_ROLES: "readable" or "denied".')
    );
  if (directory.mayAnonymous('notifications:loop:push'))
    found.push(
      finding(
        'high',
        'stranger-commands',
        'Everybody may send remote commands to Loop.',
        'AUTH_DEFAULT_ROLES: "readable" or "denied".'
      )
    );
  if (directory.mayAnonymous('api:entries:read'))
    found.push(
      finding(
        'medium',
        'stranger-reads',
        'Everybody who knows or finds the address may read glucose, treatments, profiles (with the push address of a Loop or Trio phone) and devices.',
        'AUTH_DEFAULT_ROLES: "denied" closes the site; apps that only read then need a token (role readable).'
      )
    );
  return found;
}

function guessingRisks({ config: { authFailDelayMs, limits } }: AuditedSite): Finding[] {
  if (authFailDelayMs > 0 && limits.wrongCredentials > 0) return [];
  return [
    authFailDelayMs > 0 || limits.wrongCredentials > 0
      ? finding(
          'low',
          'guessing-eased',
          'One of the two brakes on guessing secrets is off.',
          authFailDelayMs > 0 ? 'RATE_LIMIT_WRONG_CREDENTIALS: leave it out.' : 'AUTH_FAIL_DELAY: leave it out.'
        )
      : finding(
          'high',
          'guessing-unbounded',
          'Secrets and tokens can be guessed as fast as the server answers.',
          'AUTH_FAIL_DELAY and RATE_LIMIT_WRONG_CREDENTIALS: leave them out.'
        )
  ];
}

const named = (names: readonly string[]): string =>
  names.length > 5 ? `${names.slice(0, 5).join(', ')} and ${names.length - 5} more` : names.join(', ');

function subjectRisks({ directory, roleDocs, config, now }: AuditedSite): Finding[] {
  const roles = rolesByName(roleDocs);
  const live = directory.subjects.filter(({ expires }) => expires === undefined || expires > now);
  const lasting = live.filter(({ expires }) => expires === undefined);
  const mayChange = (subject: { may: (permission: string) => boolean }) => subject.may('*:*:admin');
  const admins = lasting.filter(mayChange).map(({ name }) => name);
  const others = lasting.filter((subject) => !mayChange(subject)).map(({ name }) => name);
  const strange = [
    ...new Set(
      [...live.flatMap((subject) => textList(subject.roles)), ...config.authDefaultRoles].filter((name) => !roles.has(name))
    )
  ];
  const over = directory.subjects.filter(({ expires }) => expires !== undefined && expires <= now).map(({ name }) => name);
  const wide = [...roles]
    .filter(([name, granted]) => name !== 'admin' && compileGrants(granted)('*:*:admin'))
    .map(([name]) => name);
  const fix = 'On /admin/: give each token an end (expires), and remove those nobody uses.';
  return [
    ...(admins.length > 0
      ? [finding('medium', 'admin-token-without-end', `Tokens that may do everything and never expire: ${named(admins)}.`, fix)]
      : []),
    ...(others.length > 0 ? [finding('low', 'token-without-end', `Tokens that never expire: ${named(others)}.`, fix)] : []),
    ...(over.length > 0
      ? [finding('low', 'token-expired', `Tokens that have expired: ${named(over)}.`, 'On /admin/: remove them.')]
      : []),
    ...(wide.length > 0
      ? [
          finding(
            'low',
            'role-like-admin',
            `Roles that may do everything although not named admin: ${named(wide)}.`,
            'On /admin/: narrow their permissions.'
          )
        ]
      : []),
    ...(strange.length > 0
      ? [
          finding(
            'low',
            'unknown-role',
            `Roles that do not exist are named: ${named(strange)}.`,
            'AUTH_DEFAULT_ROLES, or the subject on /admin/: correct the name.'
          )
        ]
      : [])
  ];
}
