import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { createEngine, type Engine } from '../../src/alarms/engine.ts';
import type { Level, NotifyRequest, SnoozeRequest } from '../../src/alarms/notification.ts';
import type { Outgoing } from '../../src/alarms/outgoing.ts';

const T = 1704110400000;
const MINUTE = 60_000;

const plugin = { name: 'simplealarms', label: 'Simple Alarms', pluginType: 'notification', enabled: true } as const;
const notify = (level: Level, more: Partial<NotifyRequest> = {}): NotifyRequest => ({
  level,
  title: `title ${level}`,
  message: 'message',
  plugin,
  ...more
});
const warn = notify(1);
const urgent = notify(2);
const info = notify(0, { title: 'Note' });
const announced = (level: Level): NotifyRequest =>
  notify(level, { group: 'Announcement', isAnnouncement: true, title: `told ${level}` });
const snooze = (level: 1 | 2, minutes: number, group?: string): SnoozeRequest => ({
  level,
  title: 'Snoozing',
  message: 'because',
  lengthMills: minutes * MINUTE,
  ...(group && { group })
});
const ACKED = (level: string, group = 'default') => `clear_alarm ${group} - ${level} was ack'd`;
const AUTO = (group = 'default') => `clear_alarm Auto ack'd alarm(s)`.concat(group === 'default' ? '' : ` [${group}]`);

type Step =
  | readonly ['cycle', readonly (NotifyRequest | SnoozeRequest)[], readonly string[]]
  | readonly ['ack', readonly [level: number, group: string, ms: number], readonly string[]]
  | readonly ['later', minutes: number];

/** Plays steps a second apart, so that no two share an instant. */
function play(steps: readonly Step[], engine?: Engine, clock = { now: T }): void {
  const played = engine ?? createEngine({ now: () => clock.now });
  steps.forEach((step, index) => {
    clock.now += 1000;
    if (step[0] === 'later') {
      clock.now += step[1] * MINUTE;
      return;
    }
    const heard = step[0] === 'cycle' ? played.process(requestsOf(step[1]), clock.now) : played.ack(...step[1], true);
    expect(heard.map(word), `step ${index + 1}`).toEqual(step[2]);
  });
}

const requestsOf = (list: readonly (NotifyRequest | SnoozeRequest)[]) => ({
  notifies: list.filter((one): one is NotifyRequest => 'plugin' in one),
  snoozes: list.filter((one): one is SnoozeRequest => 'lengthMills' in one)
});

function word({ event, message }: Outgoing): string {
  if (!('clear' in message)) return `${event}${message.group === 'default' ? '' : ` [${message.group}] ${message.title}`}`;
  const isNamed = message.message.startsWith('Auto') && message.group !== 'default';
  return `${event} ${message.message}${isNamed ? ` [${message.group}]` : ''}`;
}

describe('sequences of properties-plugins §E.5', () => {
  const sequences: [string, Step[]][] = [
    [
      'warn, urgent, acknowledging each',
      [
        ['cycle', [warn], ['alarm']],
        ['cycle', [warn], ['alarm']],
        ['cycle', [urgent], ['urgent_alarm']],
        ['ack', [1, 'default', 30 * MINUTE], [ACKED('Warning')]],
        ['cycle', [warn], []],
        ['cycle', [urgent], ['urgent_alarm']],
        ['ack', [2, 'default', 30 * MINUTE], [ACKED('Urgent')]],
        ['ack', [2, 'default', 30 * MINUTE], []],
        ['cycle', [], []]
      ]
    ],
    [
      'an urgent alarm whose cause goes is cleared once',
      [
        ['cycle', [urgent], ['urgent_alarm']],
        ['cycle', [], [AUTO()]],
        ['cycle', [], []],
        ['cycle', [urgent], ['urgent_alarm']]
      ]
    ],
    [
      'an urgent snooze clears although nothing was active, and silences both levels for its length',
      [
        ['cycle', [warn, snooze(2, 10)], [ACKED('Urgent')]],
        ['cycle', [warn], []],
        ['cycle', [urgent], []],
        ['later', 9],
        ['cycle', [urgent], []],
        ['later', 1],
        ['cycle', [urgent], ['urgent_alarm']]
      ]
    ],
    ['an urgent announcement goes out once per cycle', [['cycle', [announced(2)], ['urgent_alarm [Announcement] told 2']]]],
    [
      'announcements of several levels all go out',
      [
        [
          'cycle',
          [announced(1), announced(2), announced(0)],
          ['urgent_alarm [Announcement] told 2', 'alarm [Announcement] told 1', 'announcement [Announcement] told 0']
        ]
      ]
    ],
    [
      'only the first of the highest of each group',
      [
        [
          'cycle',
          [
            notify(1, { group: 'Pump', title: 'w1' }),
            notify(2, { group: 'Pump', title: 'u1' }),
            notify(2, { group: 'Pump', title: 'u2' }),
            notify(1, { group: 'CAGE', title: 'c' })
          ],
          ['urgent_alarm [Pump] u1', 'alarm [CAGE] c']
        ]
      ]
    ],
    [
      'a snooze of default does not touch Pump',
      [['cycle', [notify(2, { group: 'Pump', title: 'p' }), snooze(2, 10)], ['urgent_alarm [Pump] p']]]
    ],
    [
      'an urgent alarm is not hidden by a snooze of warnings (D21)',
      [
        ['cycle', [urgent, snooze(1, 10)], ['urgent_alarm']],
        ['cycle', [warn, snooze(1, 10)], [ACKED('Warning')]],
        ['cycle', [urgent], ['urgent_alarm']]
      ]
    ],
    [
      'the longest snooze counts',
      [
        ['cycle', [warn, snooze(1, 5), snooze(2, 20), snooze(2, 10)], [ACKED('Urgent')]],
        ['later', 19],
        ['cycle', [urgent], []],
        ['later', 1],
        ['cycle', [urgent], ['urgent_alarm']]
      ]
    ],
    [
      'announcements are never snoozed',
      [['cycle', [announced(2), snooze(2, 10, 'Announcement')], ['urgent_alarm [Announcement] told 2']]]
    ],
    [
      'a snooze without an alarm does nothing',
      [
        ['cycle', [snooze(2, 10)], []],
        ['cycle', [warn], ['alarm']]
      ]
    ],
    [
      'a second silence neither prolongs nor shortens the first',
      [
        ['ack', [1, 'default', 10 * MINUTE], [ACKED('Warning')]],
        ['ack', [1, 'default', 60 * MINUTE], []],
        ['later', 10],
        ['cycle', [warn], ['alarm']]
      ]
    ],
    [
      'acknowledging urgent keeps a silence of warnings that lasts',
      [
        ['ack', [1, 'default', 60 * MINUTE], [ACKED('Warning')]],
        ['ack', [2, 'default', MINUTE], [ACKED('Urgent')]],
        ['later', 2],
        ['cycle', [warn], []],
        ['cycle', [urgent], ['urgent_alarm']]
      ]
    ],
    [
      'an all-clear of one level keeps the silence of the other',
      [
        ['ack', [1, 'default', 60 * MINUTE], [ACKED('Warning')]],
        ['cycle', [urgent], ['urgent_alarm']],
        ['cycle', [], [AUTO()]],
        ['cycle', [warn], []]
      ]
    ],
    [
      'half an hour unless said otherwise',
      [
        ['ack', [1, 'default', 0], [ACKED('Warning')]],
        ['later', 29],
        ['cycle', [warn], []],
        ['later', 1],
        ['cycle', [warn], ['alarm']]
      ]
    ],
    [
      'nobody is silenced for longer than a day',
      [
        ['ack', [2, 'default', 1e12], [ACKED('Urgent')]],
        ['later', 24 * 60],
        ['cycle', [urgent], ['urgent_alarm']]
      ]
    ],
    ['an unknown group can be acknowledged', [['ack', [2, 'Nobody', 1000], [ACKED('Urgent', 'Nobody')]]]],
    [
      'an unknown level cannot',
      [
        ['cycle', [urgent], ['urgent_alarm']],
        ['ack', [7, 'default', 1000], []],
        ['ack', [Number.NaN, 'default', 1000], []]
      ]
    ],
    [
      'information and calibration go out each cycle unless their level is silenced',
      [
        ['cycle', [info], ['notification']],
        ['cycle', [info], ['notification']],
        ['ack', [0, 'default', MINUTE], [ACKED('Info')]],
        ['cycle', [info], []],
        ['later', 1],
        ['cycle', [info], ['notification']],
        ['cycle', [], []]
      ]
    ],
    [
      'each group is cleared by itself',
      [
        ['cycle', [urgent, notify(1, { group: 'Pump', title: 'p' })], ['urgent_alarm', 'alarm [Pump] p']],
        ['cycle', [urgent], ['urgent_alarm', AUTO('Pump')]]
      ]
    ],
    [
      'requests without words are dropped',
      [
        [
          'cycle',
          [
            notify(2, { title: '' }),
            notify(2, { message: '' }),
            { ...urgent, level: 5 as Level },
            { ...warn, plugin: undefined as never },
            snooze(2, 0)
          ],
          []
        ]
      ]
    ]
  ];
  it.each(sequences)('%s', (_name, steps) => play(steps));
});

describe('what goes out (sockets-v3 §3.3)', () => {
  const engine = () => createEngine({ now: () => T });
  const one = (request: NotifyRequest) => engine().process({ notifies: [request], snoozes: [] }, T)[0];
  const sha1 = (title: string, message: string) => createHash('sha1').update(JSON.stringify({ title, message })).digest('hex');

  it('keeps every field of an alarm, in order, and adds group and key', () => {
    const request = notify(2, { eventName: 'high', pushoverSound: 'persistent', debug: { lastSGV: 300 } });
    expect(JSON.stringify(one(request)?.message)).toBe(JSON.stringify({ ...request, group: 'default', key: 'simplealarms_2' }));
  });

  it.each<[string, NotifyRequest, string]>([
    ['its own hash', notify(0, { notifyhash: 'abc' }), 'abc'],
    [
      'the words of information',
      notify(0, { title: 'Calibration', message: 'Meter BG: 111 mg/dl' }),
      '3cdfb5a77a2e8ae28f6a558ce8b74781ba81ddb1'
    ],
    ['the words of an announcement, also an urgent one', announced(2), sha1('told 2', 'message')],
    ['plugin and level of an alarm', warn, 'simplealarms_1']
  ])('is known by %s', (_name, request, key) => {
    expect(one(request)?.message).toMatchObject({ key });
  });

  it('an all-clear is of a group', () => {
    expect(engine().ack(2, 'default', 1000, true)).toEqual([
      {
        event: 'clear_alarm',
        message: { clear: true, title: 'All Clear', message: "default - Urgent was ack'd", group: 'default' }
      }
    ]);
    expect(engine().ack(2, 'default', 1000, false)).toEqual([]);
  });
});

describe('memory (D23)', () => {
  it('a snooze and an alarm that is out survive a restart', () => {
    const clock = { now: T };
    const first = createEngine({ now: () => clock.now });
    play(
      [
        ['ack', [2, 'default', 10 * MINUTE], [ACKED('Urgent')]],
        ['cycle', [notify(1, { group: 'Pump' })], ['alarm [Pump] title 1']]
      ],
      first,
      clock
    );
    const second = createEngine({ now: () => clock.now, restore: JSON.parse(JSON.stringify(first.dump())) });
    play(
      [
        ['cycle', [urgent], [AUTO('Pump')]],
        ['later', 10],
        ['cycle', [urgent], ['urgent_alarm']]
      ],
      second,
      clock
    );
  });

  it('what is over is forgotten', () => {
    const clock = { now: T };
    const engine = createEngine({ now: () => clock.now });
    engine.ack(2, 'default', 1000, false);
    expect(engine.dump()).toHaveLength(2);
    clock.now += 2000;
    expect(engine.dump()).toEqual([]);
  });

  it.each<[string, unknown[]]>([
    ['no state', [null, 1, 'x', {}, []]],
    ['wrong types', [{ level: '2', group: 'default', ackedAt: T, silenceMs: 1e6, isOut: false }]],
    [
      'a silence that began in the future',
      [{ level: 2, group: 'default', ackedAt: T + 3 * MINUTE, silenceMs: 1e6, isOut: false }]
    ],
    [
      'a silence of years that began before yesterday',
      [{ level: 2, group: 'default', ackedAt: T - 25 * 60 * MINUTE, silenceMs: 1e12, isOut: false }]
    ]
  ])('%s silences nothing', (_name, restore) => {
    play([['cycle', [urgent], ['urgent_alarm']]], createEngine({ now: () => T, restore }));
  });

  it('a clock that is set back does not prolong a silence', () => {
    const clock = { now: T };
    const engine = createEngine({ now: () => clock.now });
    play([['ack', [2, 'default', 10 * MINUTE], [ACKED('Urgent')]]], engine, clock);
    clock.now = T - 24 * 60 * MINUTE;
    play([['cycle', [urgent], ['urgent_alarm']]], engine, clock);
  });

  it('what is restored late does not undo what was acknowledged since', () => {
    const clock = { now: T };
    const engine = createEngine({ now: () => clock.now });
    engine.ack(1, 'default', 20 * MINUTE, false);
    engine.restore([{ level: 1, group: 'default', ackedAt: T - MINUTE, silenceMs: 2 * MINUTE, isOut: false }]);
    play(
      [
        ['later', 5],
        ['cycle', [warn], []]
      ],
      engine,
      clock
    );
  });

  it('invented groups are bounded, and alarms that are out stay known', () => {
    const engine = createEngine({ now: () => T });
    engine.process({ notifies: [notify(1, { group: 'Pump' })], snoozes: [] }, T);
    for (let i = 0; i < 1000; i += 1) engine.ack(1, `group ${i}`, MINUTE, false);
    expect(engine.dump().length).toBeLessThanOrEqual(300);
    expect(engine.process({ notifies: [], snoozes: [] }, T).map(word)).toEqual([AUTO('Pump')]);
    expect(engine.ack(1, 'x'.repeat(101), MINUTE, true)).toEqual([]);
  });
});

describe('a cycle in which a check failed', () => {
  it('clears nothing: the alarm may be the one of that check', () => {
    const engine = createEngine({ now: () => T });
    engine.process({ notifies: [urgent], snoozes: [] }, T);
    expect(engine.process({ notifies: [], snoozes: [] }, T, { isComplete: false })).toEqual([]);
    expect(engine.process({ notifies: [], snoozes: [] }, T).map(word)).toEqual([AUTO()]);
  });
});
