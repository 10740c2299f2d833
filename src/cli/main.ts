#!/usr/bin/env node
/**
 * The command `cohort-rl`.
 */
import { printFailure } from './failure.ts';
import { guardOutput, withOutput } from './output.ts';
import { runProgram } from './program.ts';

guardOutput();
process.on('uncaughtException', (error) => process.exit(printFailure(error)));
process.on('unhandledRejection', (error) => process.exit(printFailure(error)));
process.exitCode = withOutput(await runProgram(process.argv));
