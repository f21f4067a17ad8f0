import { pino } from 'pino';
import type { Config } from '../config/config.ts';
import { createMongoStorage } from '../storage/mongo/mongo.ts';
import type { Storage } from '../storage/port.ts';

/** A connection of a command to the site's MongoDB, beside those of a server. What goes wrong is thrown, nothing is logged. */
export const openMongo = (mongo: NonNullable<Config['mongo']>): Storage =>
  createMongoStorage(mongo, { log: pino({ level: 'silent' }) });
