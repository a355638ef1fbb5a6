import baseTest, { type TestFn } from 'ava';

/**
 * The test function for tests that need a part of the system. Where the part is missing they are skipped by name, with a
 * word on how to get it; in CI nothing is skipped, and they fail.
 */
export function testWith(part: string, isThere: boolean, howToGetIt: string): TestFn {
  if (isThere || process.env.CI) return baseTest;
  console.warn(`SKIPPED: the tests that need ${part}. ${howToGetIt}`);
  const skip = Object.assign((...args: Parameters<typeof baseTest.skip>) => baseTest.skip(...args), {
    serial: baseTest.serial.skip,
  });
  return skip as unknown as TestFn;
}
