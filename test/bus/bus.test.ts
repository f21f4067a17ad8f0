import { describe, expect, it } from 'vitest';
import { createBus } from '../../src/bus/bus.ts';

describe('bus: a failing listener stays alone', () => {
  it('goes on to the next listener when one throws, and reports who it was', () => {
    const failures: unknown[] = [];
    const bus = createBus((_error, name, owner) => failures.push([name, owner]));
    const heard: string[] = [];
    bus.subscribe('live-updated', 'thrower', () => {
      throw new Error('boom');
    });
    bus.subscribe('live-updated', 'listener', () => void heard.push('live'));
    bus.publish('live-updated', { at: 1 });
    expect(heard).toEqual(['live']);
    expect(failures).toEqual([['live-updated', 'thrower']]);
  });

  it('reports a listener that rejects later', async () => {
    const failures: unknown[] = [];
    const bus = createBus((_error, _name, owner) => failures.push(owner));
    bus.subscribe('live-updated', 'rejecter', () => Promise.reject(new Error('late')));
    bus.publish('live-updated', { at: 1 });
    await Promise.resolve();
    await Promise.resolve();
    expect(failures).toEqual(['rejecter']);
  });

  it('is silent for those who left, even while publishing', () => {
    const bus = createBus(() => {});
    const heard: string[] = [];
    const leave = bus.subscribe('live-updated', 'a', () => {
      heard.push('a');
      leave();
    });
    bus.publish('live-updated', { at: 1 });
    bus.publish('live-updated', { at: 2 });
    expect(heard).toEqual(['a']);
  });
});
