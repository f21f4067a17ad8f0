import { derived } from '../live/derived.ts';
import type { Services } from '../services.ts';
import { computeProperties } from './compute.ts';
import { createSandbox, type Sandbox } from './sandbox.ts';

/** What the plugins say now, and the view they said it from (its `properties` are the same). */
export interface Current {
  readonly sandbox: Sandbox;
  readonly properties: Readonly<Record<string, unknown>>;
}

const MINUTE = 60_000;
/** Different faults of plugins that are told; more would be noise. */
const MAX_FAULTS = 100;

/**
 * The present properties, worked out when asked for and kept until the live data changes or the minute turns, so that a thousand
 * followers cost as much as one. Empty until the first load is complete.
 */
export function createCurrent({ live, config, now, log }: Pick<Services, 'live' | 'config' | 'now' | 'log'>): () => Current {
  const told = new Set<string>();
  const onError = (plugin: string, error: unknown): void => {
    const cause = `${plugin}: ${error instanceof Error ? `${error.name} ${error.message}` : 'unknown'}`;
    if (told.has(cause) || told.size >= MAX_FAULTS) return;
    told.add(cause);
    log.error({ err: error, plugin }, 'a plugin failed and is left out');
  };
  const { settings, extendedSettings } = config;
  let kept: { readonly key: readonly unknown[]; readonly current: Current } | undefined;
  return () => {
    const time = now();
    const data = live.data();
    const state = live.state();
    const key = [data, state, Math.floor(time / MINUTE)];
    if (kept?.key.every((part, index) => part === key[index])) return kept.current;
    const sandbox = createSandbox({ time, data, cut: derived(data), settings, extendedSettings, state });
    const properties = state === 'loaded' ? computeProperties(sandbox, { onError }) : {};
    const current = { sandbox: { ...sandbox, properties }, properties };
    kept = { key, current };
    return current;
  };
}
