import { expect, it } from 'vitest';
import { recentStatuses } from '../../src/live/recent-status.ts';

// socket-v1.md §5.2

const NOW = 1_795_000_000_000;
const MIN = 60_000;

it('the newest ten of each device and kind, up to now', () => {
  const a = Array.from({ length: 15 }, (_, i) => ({
    _id: `a${i}`,
    device: 'A',
    mills: NOW - (20 - i) * MIN,
    pump: {},
    uploader: {}
  }));
  const b = [{ _id: 'b', device: 'B', mills: NOW - 5.5 * MIN, openaps: {} }];
  const future = [{ _id: 'f', device: 'B', mills: NOW + MIN, openaps: {} }];
  const c = [{ _id: 'c', device: 'C', mills: NOW - MIN }];
  const all = [...a, ...b, ...c, ...future].sort((x, y) => x.mills - y.mills);
  const ids = recentStatuses(all, NOW).map(({ _id }) => _id);
  expect(ids).toEqual(['a5', 'a6', 'a7', 'a8', 'a9', 'a10', 'a11', 'a12', 'a13', 'a14', 'b']);
});

it('an old status stays when it is the only one of its kind', () => {
  const uploads = Array.from({ length: 12 }, (_, i) => ({
    _id: `${i}`,
    device: 'A',
    mills: i,
    uploader: {},
    ...(i === 0 && { loop: {} })
  }));
  expect(recentStatuses(uploads, NOW).map(({ _id }) => _id)).toEqual(['0', '2', '3', '4', '5', '6', '7', '8', '9', '10', '11']);
});
