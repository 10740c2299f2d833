#!/usr/bin/env node
/**
 * The command `cohort-rl`.
 */
import { printFailure } from './failure.ts';
import { guardOutput } from './output.ts';
import { runProgram } from './program.ts';

guardOutput();
process.on('uncaughtException', (error) => process.exit(printFailure(error)));
process.on('unhandledRejection', (error) => process.exit(printFailure(error)));
process.exitCode = await runProgram(process.argv);
