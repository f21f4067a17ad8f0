import { COLLECTIONS, type CollectionName } from '../storage/port.ts';

/** What can be moved: the collections of documents, and who may use the site. */
export type MoveName = CollectionName | 'subjects' | 'roles';

/** In the order they are brought over: the few documents others lean on first, then by how much apps miss them. */
export const MOVE_NAMES: readonly MoveName[] = [
  'profile',
  'food',
  'settings',
  'roles',
  'subjects',
  'entries',
  'treatments',
  'devicestatus',
  'activity'
];

/** True for the name of something that can be moved. */
export const isMoveName = (name: string): name is MoveName => (MOVE_NAMES as readonly string[]).includes(name);

/** True for collections of documents, which go through the commit path. */
export const isCollection = (name: MoveName): name is CollectionName => (COLLECTIONS as readonly string[]).includes(name);

/** Collections a range of days applies to; the others are small and needed as a whole. */
export const isDated = (name: MoveName): boolean => ['entries', 'treatments', 'devicestatus', 'activity'].includes(name);
