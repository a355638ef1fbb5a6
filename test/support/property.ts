import type { ExecutionContext } from 'ava';
import fc from 'fast-check';

/**
 * Checks a property, and logs fast-check's report when it fails: the seed, the path and the shrunk counterexample. AVA
 * shows only the first assertion that fails, which names none of them.
 */
export function checkProperty<Values>(
  t: ExecutionContext,
  property: fc.IProperty<Values>,
  parameters: fc.Parameters<Values> = {},
): void {
  fc.assert(property, {
    ...parameters,
    reporter: (run) => {
      if (!run.failed) return;
      const report = fc.defaultReportMessage(run);
      t.log(report);
      throw new Error(report);
    },
  });
}
