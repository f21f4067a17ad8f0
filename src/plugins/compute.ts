import { PLUGINS } from './index.ts';
import type { Plugin } from './plugin.ts';
import type { Sandbox } from './sandbox.ts';

/** Where faults of plugins are told. */
export interface ComputeOptions {
  readonly onError: (plugin: string, error: unknown) => void;
  /** Default: all of them. */
  readonly plugins?: readonly Plugin[];
}

/**
 * The properties of every enabled plugin, in the order of the list. The first to offer a name wins; nothing, zero and empty text
 * are not stored, an empty object is. A plugin that throws is told to `onError` and skipped; the others run (D21).
 */
export function computeProperties(sandbox: Sandbox, { onError, plugins = PLUGINS }: ComputeOptions): Record<string, unknown> {
  const properties: Record<string, unknown> = {};
  for (const plugin of plugins) {
    if (!sandbox.enabled(plugin.name)) continue;
    try {
      const values = plugin.compute({ ...sandbox, properties });
      for (const name of plugin.offers) if (values[name] && !(name in properties)) properties[name] = values[name];
    } catch (error) {
      onError(plugin.name, error);
    }
  }
  return properties;
}
