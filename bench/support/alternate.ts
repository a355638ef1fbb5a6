/**
 * Measures all subjects in turn, round after round, so that what disturbs the machine for a while disturbs all of them.
 *
 * @returns the results of each subject, in the order of the rounds
 */
export async function alternate<Subject, Result>(
  rounds: number,
  subjects: readonly Subject[],
  measure: (subject: Subject) => Promise<Result>,
): Promise<Result[][]> {
  const results = subjects.map(() => [] as Result[]);
  for (let round = 0; round < rounds; round++) {
    for (const [index, subject] of subjects.entries()) results[index]!.push(await measure(subject));
  }
  return results;
}
