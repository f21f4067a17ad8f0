import type { EventMap } from './events.ts';

type Listener<E extends keyof EventMap> = (event: EventMap[E]) => void | Promise<void>;

/** Publish and subscribe inside the process. */
export interface Bus {
  /** Calls every listener, in order of subscription; returns when the synchronous parts are done. Never throws. */
  publish<E extends keyof EventMap>(name: E, event: EventMap[E]): void;
  /** Adds a listener; `owner` names it in the log. @returns a function that takes it off again */
  subscribe<E extends keyof EventMap>(name: E, owner: string, listener: Listener<E>): () => void;
}

/**
 * A bus. A listener that throws or rejects is reported to `onError` and hurts neither the publisher nor its neighbours.
 * @param onError told which listener failed at which event
 */
export function createBus(onError: (error: unknown, name: keyof EventMap, owner: string) => void): Bus {
  const listeners = new Map<keyof EventMap, Set<{ owner: string; listener: Listener<never> }>>();
  return {
    publish(name, event) {
      for (const { owner, listener } of [...(listeners.get(name) ?? [])]) {
        try {
          const result = (listener as Listener<typeof name>)(event);
          if (result instanceof Promise) result.catch((error: unknown) => onError(error, name, owner));
        } catch (error) {
          onError(error, name, owner);
        }
      }
    },
    subscribe(name, owner, listener) {
      const set = listeners.get(name) ?? new Set();
      listeners.set(name, set);
      const entry = { owner, listener: listener as Listener<never> };
      set.add(entry);
      return () => void set.delete(entry);
    }
  };
}
