import type { SimulatorCommand } from '@citywall/simulator';
import { Body, Controller, Delete, Get, Header, HttpCode, Logger, Param, Post, Put, Query, Req } from '@nestjs/common';
import type { Request } from 'express';
import type { z } from 'zod';
import {
  faultIdParameter,
  simulatorFaultBody,
  simulatorJumpBody,
  simulatorQuery,
  simulatorSetBody,
  simulatorStartBody,
} from '../api/schemas/simulator.js';
import { Validated } from '../api/validation.js';
import { askerOf, May } from '../auth/guards.js';
import { SimulatorService } from './simulator.service.js';

const Sent = (schema: z.ZodType) => Body(new Validated(schema, 'body'));
const MINUTE = 60_000;

/** Commands to the simulated city. What may be asked and what is answered stands in `api/endpoints.ts`. */
@Controller('api/v1/simulator')
@May('simulator.command')
export class SimulatorController {
  private readonly log = new Logger('Simulator');

  constructor(private readonly simulator: SimulatorService) {}

  @Get()
  @Header('cache-control', 'no-store')
  @May('desk.read')
  view(@Query(new Validated(simulatorQuery, 'query')) _query: object) {
    return this.simulator.view();
  }

  @Put()
  set(@Sent(simulatorSetBody) { speed, seed }: z.output<typeof simulatorSetBody>, @Req() request: Request) {
    return this.command(request, {
      kind: 'set',
      ...(speed === undefined ? {} : { speed }),
      ...(seed === undefined ? {} : { seed }),
    });
  }

  @Post('start')
  @HttpCode(200)
  start(@Sent(simulatorStartBody) body: z.output<typeof simulatorStartBody>, @Req() request: Request) {
    const { scenario, at, speed } = body;
    return this.command(request, {
      kind: 'start',
      scenario,
      ...(at === undefined ? {} : { at }),
      ...(speed === undefined ? {} : { speed }),
    });
  }

  @Post('stop')
  @HttpCode(200)
  stop(@Req() request: Request) {
    return this.command(request, { kind: 'stop' });
  }

  @Post('pause')
  @HttpCode(200)
  pause(@Req() request: Request) {
    return this.command(request, { kind: 'pause' });
  }

  @Post('resume')
  @HttpCode(200)
  resume(@Req() request: Request) {
    return this.command(request, { kind: 'resume' });
  }

  @Post('jump')
  @HttpCode(200)
  jump(@Sent(simulatorJumpBody) { at }: z.output<typeof simulatorJumpBody>, @Req() request: Request) {
    return this.command(request, { kind: 'jump', at });
  }

  @Post('reset')
  @HttpCode(200)
  reset(@Req() request: Request) {
    return this.command(request, { kind: 'reset' });
  }

  @Post('faults')
  @HttpCode(201)
  fault(@Sent(simulatorFaultBody) body: z.output<typeof simulatorFaultBody>, @Req() request: Request) {
    const { fault, minutes } = body;
    return this.command(request, {
      kind: 'fault',
      fault,
      ...(minutes === undefined ? {} : { lasts: minutes * MINUTE }),
    });
  }

  @Delete('faults/:id')
  mend(@Param('id', new Validated(faultIdParameter, 'path')) id: string, @Req() request: Request) {
    return this.command(request, { kind: 'mend', id });
  }

  /** Who made the city do what is to be found later. */
  private command(request: Request, command: SimulatorCommand) {
    this.log.log(`${askerOf(request).session?.user ?? 'somebody'}: ${JSON.stringify(command)}`);
    return this.simulator.command(command);
  }
}
