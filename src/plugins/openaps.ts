import type { Timed } from '../live/live.ts';
import { recentStatuses } from './device-window.ts';
import { instantOf, OPENAPS_MINUTES, type OpenapsView, openapsView, withMoment } from './openaps-moments.ts';
import type { Plugin } from './plugin.ts';
import { type Fields, fieldsOf, isFields, isoOf, numberSetting, textOf } from './reading.ts';

interface LoopStatus {
  readonly symbol: string;
  readonly code: string;
  readonly label: string;
}

/** Instants of one status or of all of them, epoch ms. */
interface Instants {
  readonly enacted: number | undefined;
  readonly notEnacted: number | undefined;
  readonly suggested: number | undefined;
}

/** What OpenAPS, AAPS and Trio decided last, and whether they still loop. */
export const openaps: Plugin = {
  name: 'openaps',
  offers: ['openaps'],
  compute({ data, time, extended }) {
    const recent = time - (numberSetting(extended('openaps'), 'warn', 30) * 60_000) / 2;
    const statuses = recentStatuses(data.devicestatus, time, OPENAPS_MINUTES).filter((status) => isFields(status.openaps));
    const views = statuses.map((status) => openapsView(fieldsOf(status.openaps)));
    const lastEnacted = newestPart(views.map((view) => received(view)));
    const lastNotEnacted = newestPart(views.map((view) => (received(view) ? undefined : view.enacted)));
    const lastSuggested = newestPart(views.map((view) => view.suggested));
    const instants = {
      enacted: instantOf(lastEnacted),
      notEnacted: instantOf(lastNotEnacted),
      suggested: instantOf(lastSuggested)
    };
    return {
      openaps: {
        seenDevices: seenDevices(statuses, views, recent),
        lastEnacted: lastEnacted ?? null,
        lastNotEnacted: lastNotEnacted ?? null,
        lastSuggested: lastSuggested ?? null,
        lastIOB: newestPart(views.map((view) => view.iob)) ?? null,
        lastMMTune: null,
        lastPredBGs: lastPredictions(views) ?? null,
        ...lastLoop(lastEnacted, lastSuggested),
        status: loopStatus(instants, recent) ?? { symbol: '⚠', code: 'warning', label: 'Warning' }
      }
    };
  }
};

/** The enacted part, if the pump confirmed it. Early rigs spelled it `recieved`. */
function received({ enacted }: OpenapsView): Fields | undefined {
  return enacted?.received || enacted?.recieved ? enacted : undefined;
}

function newestPart(parts: readonly (Fields | undefined)[]): Fields | undefined {
  let found: Fields | undefined;
  for (const part of parts) if ((instantOf(part) ?? -Infinity) > (instantOf(found) ?? -Infinity)) found = part;
  return found;
}

function lastPredictions(views: readonly OpenapsView[]): Fields | undefined {
  const parts = views.flatMap(({ enacted, suggested }) => [enacted, suggested]).filter((part) => isFields(part?.predBGs));
  return newestPart(parts)?.predBGs as Fields | undefined;
}

function lastLoop(enacted: Fields | undefined, suggested: Fields | undefined): Fields {
  const later = (instantOf(enacted) ?? -Infinity) > (instantOf(suggested) ?? -Infinity) ? enacted : suggested;
  return later ? { lastLoopMoment: later.moment, lastEventualBG: later.eventualBG } : {};
}

function loopStatus({ enacted, notEnacted, suggested }: Instants, recent: number): LoopStatus | undefined {
  if (notEnacted !== undefined && (enacted === undefined ? notEnacted > recent : notEnacted > enacted)) {
    return { symbol: 'x', code: 'notenacted', label: 'Not Enacted' };
  }
  if (enacted !== undefined && enacted > recent) return { symbol: '⌁', code: 'enacted', label: 'Enacted' };
  return suggested !== undefined && suggested > recent ? { symbol: '↻', code: 'looping', label: 'Looping' } : undefined;
}

function seenDevices(statuses: readonly Timed[], views: readonly OpenapsView[], recent: number): Fields {
  const devices = new Map<string, Fields>();
  for (const [index, status] of statuses.entries()) {
    const uri = textOf(status.device) ?? 'device';
    const view = views[index] ?? {};
    const enacted = received(view);
    const notEnacted = enacted ? undefined : view.enacted;
    const instants = { enacted: instantOf(enacted), notEnacted: instantOf(notEnacted), suggested: instantOf(view.suggested) };
    const state = loopStatus(instants, recent) ?? { symbol: '◉', code: 'waiting', label: 'Waiting' };
    const mmtune = isFields(status.mmtune) ? { mmtune: withMoment(status.mmtune) } : {};
    devices.set(uri, { ...devices.get(uri), name: nameOf(uri), uri, status: { ...state, when: isoOf(status.mills) }, ...mmtune });
  }
  return Object.fromEntries(devices);
}

/** `openaps://rig/x` is `rig`. */
function nameOf(uri: string): string {
  return uri.replace(/^.*?:\/\//, '').split('/')[0] ?? uri;
}
