import { expect, it } from 'vitest';
import { watchDisk } from '../../src/storage/disk-watch.ts';

it('warns once when the free space falls below the bound, and once when there is clearly room again', async () => {
  let free = 1000;
  const heard: (number | undefined)[] = [];
  const watch = watchDisk(
    '/',
    500,
    (left) => void heard.push(left),
    async () => free
  );
  for (const left of [1000, 499, 400, 510, 499, 540, 560, 1000, 100]) {
    free = left;
    await watch.look();
  }
  watch.close();
  expect(heard).toEqual([499, undefined, 100]);
});

it('says nothing where the disk cannot be asked, and with a bound of 0', async () => {
  const heard: unknown[] = [];
  const unknown = watchDisk(
    '/',
    500,
    (left) => void heard.push(left),
    async () => {
      throw new Error('ENOENT');
    }
  );
  await unknown.look();
  unknown.close();
  await watchDisk(
    '/',
    0,
    (left) => void heard.push(left),
    async () => 0
  ).look();
  expect(heard).toEqual([]);
});
