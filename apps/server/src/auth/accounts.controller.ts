import { Body, Controller, Delete, Get, Header, HttpCode, Param, Post, Put, Query } from '@nestjs/common';
import type { z } from 'zod';
import { pageOf } from '../api/cursor.js';
import {
  type account,
  accountBody,
  accountChange,
  accountQuery,
  type newAccount,
  userParameter,
} from '../api/schemas/accounts.js';
import { iso } from '../api/schemas/common.js';
import { Validated } from '../api/validation.js';
import { type AccountSummary, AccountsService } from './accounts.service.js';
import { May } from './guards.js';

const Sent = (schema: z.ZodType) => Body(new Validated(schema, 'body'));
const User = () => Param('user', new Validated(userParameter, 'path'));

/** Accounts. What may be asked and what is answered stands in `api/endpoints.ts`. */
@Controller('api/v1/accounts')
@May('accounts.manage')
export class AccountsController {
  constructor(private readonly accounts: AccountsService) {}

  @Get()
  @Header('cache-control', 'no-store')
  @May('accounts.read')
  async list(@Query(new Validated(accountQuery, 'query')) query: z.output<typeof accountQuery>) {
    const { items, next } = pageOf('accounts', await this.accounts.list(), ({ user }) => user, query);
    return { items: items.map(told), next };
  }

  @Post()
  @Header('cache-control', 'no-store')
  async create(
    @Sent(accountBody) { user, ...wanted }: z.output<typeof accountBody>,
  ): Promise<z.input<typeof newAccount>> {
    const { password, ...made } = await this.accounts.create(user, wanted);
    return { ...told(made), password };
  }

  @Put(':user')
  @Header('cache-control', 'no-store')
  async change(@User() user: string, @Sent(accountChange) wanted: z.output<typeof accountChange>) {
    return told(await this.accounts.change(user, wanted));
  }

  @Delete(':user')
  @HttpCode(204)
  remove(@User() user: string): Promise<void> {
    return this.accounts.remove(user);
  }

  @Post(':user/password')
  @HttpCode(200)
  @Header('cache-control', 'no-store')
  async reset(@User() user: string): Promise<z.input<typeof newAccount>> {
    const { password, ...made } = await this.accounts.reset(user);
    return { ...told(made), password };
  }

  @Delete(':user/sessions')
  @HttpCode(204)
  async endSessions(@User() user: string): Promise<void> {
    await this.accounts.one(user);
    await this.accounts.endSessions(user);
  }
}

function told({ createdAt, chosenAt, ...summary }: AccountSummary): z.input<typeof account> {
  return { ...summary, createdAt: iso(createdAt), chosenAt: iso(chosenAt) };
}
