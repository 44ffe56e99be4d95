import { expect, test } from 'vitest';
import { ExpectedRows } from './expected-rows.ts';

const [row, other] = [Float32Array.of(1, 0), Float32Array.of(1, 2)];
const [session, another] = [{}, {}];

function opened(): ExpectedRows<string, string> {
  const rows = new ExpectedRows<string, string>();
  rows.open(session);
  rows.open(another);
  return rows;
}

test('a head is expected for the one next row after a row that it was handed', () => {
  const rows = opened();
  rows.give(session, row);
  expect(rows.expectedBy(session)).toBeUndefined();
  rows.give(session, row);
  rows.give(another, other);
  expect(rows.take('head', row.slice())).toBeUndefined();
  expect(rows.expectedBy(another)).toBeUndefined();
  expect(rows.expectedBy(session)).toBe('head');
  expect(rows.expectedBy(session)).toBeUndefined();
});

test('what was made of a row goes to its head, once, and is forgotten with the row', () => {
  const rows = opened();
  const made = () => rows.give(session, row, { head: 'head', made: 'made' });
  made();
  expect(rows.take('head', Float32Array.of(0, ...row).subarray(1))).toBe('made');
  expect(rows.take('head', row)).toBeUndefined();
  made();
  expect(rows.take('another head', row)).toBeUndefined();
  expect(rows.expectedBy(session)).toBe('another head');
  made();
  rows.give(session, other);
  expect(rows.take('head', row)).toBeUndefined();
});

test('a row that differs in a bit is another one, and its session is not expected any more', () => {
  const rows = opened();
  rows.give(session, row, { head: 'head', made: 'made' });
  expect(rows.take('head', Float32Array.of(1, -0))).toBeUndefined();
  expect(rows.take('head', row.subarray(0, 1))).toBeUndefined();
  expect(rows.expectedBy(session)).toBeUndefined();
});

test('sessions and heads that are gone are not expected', () => {
  const rows = opened();
  for (const each of [session, another]) {
    rows.give(each, row);
    rows.take('head', row);
  }
  rows.close(session);
  rows.give(session, row);
  expect(rows.take('head', row)).toBeUndefined();
  rows.leave('head');
  expect(rows.expectedBy(another)).toBeUndefined();
});
