import { expect, it } from 'vitest';
import { computeIdentifier } from '../../src/collections/v3-identifier.ts';
import type { Doc } from '../../src/storage/port.ts';

it.each<[Doc, string]>([
  [
    { device: 'Samsung XCover 4-861536030196001', date: 1613057404186, eventType: 'Correction Bolus' },
    '5b0f7124-475f-5db0-824c-a73c5eea0975'
  ],
  [{ device: 'dexcom', date: 1405763055000 }, '21597b61-91f1-5f0a-9d1c-8b46dbc2e48f'],
  [{ date: 1556325600000 }, '85688b6d-4594-545b-9663-c26ba1ec28ce'],
  [{ device: null, date: 1556325600000 }, '916425e6-138d-58ef-8044-3ca21b4e8eed'],
  [{ device: '', date: 1556325600000 }, 'c4514ba6-808d-5520-a049-0c39d86c3a19'],
  [{ device: 'dev A', date: 1556325600000, eventType: 'Note' }, 'b8c85cea-c0c2-5bbd-8c70-9e5f9344034f'],
  [{ device: 'd', date: 1556325600000, eventType: '' }, '3e3f8073-cc6f-555f-af61-00f80a72b879'],
  [{ device: 'xDrip+ Ünïcode', date: 1556325600000, eventType: 'BG Check' }, 'bd41609b-fb02-5192-8a22-a39a643abd75'],
  [{}, '16f8975d-b93c-5d7b-85d5-221aa0a63a5c']
])('the identifier of %j is the reference’s (rest-v3 §7)', (doc, identifier) => expect(computeIdentifier(doc)).toBe(identifier));
