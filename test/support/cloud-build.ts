import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ExecutionContext } from 'ava';
import { parse } from 'yaml';
import { type Outcome, Shell } from './shell.js';

export interface Step {
  readonly id: string;
  readonly name: string;
  readonly entrypoint?: string;
  readonly args: readonly string[];
}

export interface CloudBuild {
  readonly substitutions: Readonly<Record<string, string>>;
  readonly steps: readonly Step[];
  readonly images: readonly string[];
  readonly options: { readonly logging: string };
}

/** What a command did with gcloud. */
export interface GcloudRun extends Outcome {
  /** The arguments of each call, in order. */
  readonly calls: readonly string[][];
  /** What was piped into gcloud. */
  readonly piped: string;
}

export const buildText = readFileSync('cloudbuild.yaml', 'utf8');
export const build = parse(buildText) as CloudBuild;

export const stepOf = (id: string): Step => build.steps.find((step) => step.id === id)!;

/** A text of cloudbuild.yaml as Cloud Build passes it on. */
export function substituted(text: string, substitutions: Record<string, string> = {}): string {
  const values: Record<string, string> = {
    ...build.substitutions,
    PROJECT_ID: 'a-project',
    PROJECT_NUMBER: '123',
    BUILD_ID: 'a-build',
    ...substitutions,
  };
  return text.replace(/\$\$|\$\{?(\w+)\}?/g, (_, name?: string) => (name === undefined ? '$' : (values[name] ?? '')));
}

/** Runs a step of cloudbuild.yaml with a gcloud that `answers` defines: the body of a shell script. */
export function runStep(
  t: ExecutionContext,
  id: string,
  answers: string,
  substitutions?: Record<string, string>,
): Promise<GcloudRun> {
  const { entrypoint, args } = stepOf(id);
  return runWithGcloud(t, answers, [entrypoint!, ...args.map((arg) => substituted(arg, substitutions))]);
}

/** Runs a command with a gcloud that `answers` defines. */
export async function runWithGcloud(
  t: ExecutionContext,
  answers: string,
  [program, ...args]: readonly string[],
  environment: Record<string, string> = {},
): Promise<GcloudRun> {
  const shell = new Shell(t);
  const bin = join(shell.folder, 'bin');
  const [calls, piped] = [join(shell.folder, 'calls'), join(shell.folder, 'piped')];
  mkdirSync(bin);
  for (const file of [calls, piped]) writeFileSync(file, '');
  // Each argument ends with NUL, and each call with a further one.
  const log = `printf '%s\\0' "$@" >>'${calls}'; printf '\\0' >>'${calls}'; cat >>'${piped}'`;
  writeFileSync(join(bin, 'gcloud'), `#!/bin/bash\n${log}\n${answers}\n`, { mode: 0o755 });
  const outcome = await new Shell(t, { ...environment, PATH: `${bin}:${process.env.PATH}` }, shell.folder).run(
    program!,
    ...args,
  );
  return {
    ...outcome,
    calls: readFileSync(calls, 'utf8')
      .split('\0\0')
      .slice(0, -1)
      .map((call) => call.split('\0')),
    piped: readFileSync(piped, 'utf8'),
  };
}
