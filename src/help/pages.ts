/** A page of the help: `/help/<name>`, written in `<name>.md`; `index` is `/help/` itself. */
export interface HelpPage {
  readonly name: string;
  /** A word or two, for lists of pages; the page's heading may say more. */
  readonly label: string;
}

/** In the order somebody would read them. */
export const HELP_PAGES: readonly HelpPage[] = [
  { name: 'index', label: 'Start here' },
  { name: 'connect', label: 'Connect an app' },
  { name: 'alarms', label: 'Alarms and their limits' },
  { name: 'settings', label: 'Settings' },
  { name: 'data', label: 'Data and backups' },
  { name: 'move', label: 'Moving in and out' },
  { name: 'security', label: 'Security' },
  { name: 'commands', label: 'Command line' },
  { name: 'operations', label: 'Operations' },
  { name: 'differences', label: 'Known differences' },
  { name: 'contribute', label: 'Contributing' }
];

/** Address of a page as seen from any other one: relative, since a proxy may put the site under a path. */
export const addressOf = (name: string): string => (name === 'index' ? './' : name);
