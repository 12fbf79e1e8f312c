import { z } from 'zod';

// Before any schema is made: zod's compiled parsers need `new Function`, and even the question whether they may be used is a
// violation of the content security policy of the wall, which checks the options of its panels by these schemas.
z.config({ jitless: true });

export { z };
