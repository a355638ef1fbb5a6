import baseTest, { type TestFn } from 'ava';

/**
 * The test function for tests that need a program of the system. Where the program is missing they are skipped with a
 * message that says how to install it; in CI they run and fail.
 */
export function testWith(program: string, isThere: boolean, howToGetIt: string): TestFn {
  if (isThere || process.env.CI) return baseTest;
  console.warn(`SKIPPED: the tests that need ${program}. ${howToGetIt}`);
  const skip = Object.assign((...args: Parameters<typeof baseTest.skip>) => baseTest.skip(...args), {
    serial: baseTest.serial.skip,
  });
  return skip as unknown as TestFn;
}
