/// <reference path="../../../../apps/wall/src/env.d.ts" />
