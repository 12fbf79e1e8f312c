import { Controller, Get, Param, Res } from '@nestjs/common';
import type { Response } from 'express';
import { May } from '../auth/guards.js';
import { ImagesRepository, MAX_IMAGE_BYTES } from '../packs/images.repository.js';
import { Problem } from './problem.js';

/** An SVG may hold scripts: opened by itself it gets none of our rights. */
const POLICY = "default-src 'none'; style-src 'unsafe-inline'; sandbox";

/** Pictures of packs for the panels of the wall. Whoever may read the city's state may see them. */
@Controller('images')
@May('city.read')
export class ImagesController {
  constructor(private readonly images: ImagesRepository) {}

  @Get(':pack/:name')
  async image(@Param('pack') pack: string, @Param('name') name: string, @Res() response: Response): Promise<void> {
    const image = await this.images.find(pack, name);
    if (image.found === 'no') throw new Problem('not-found', `pack ${pack} has no picture images/${name}`);
    if (image.found === 'too-large') {
      throw new Problem('not-found', `images/${name} has ${image.bytes} bytes, more than ${MAX_IMAGE_BYTES}`);
    }
    response.setHeader('content-security-policy', POLICY);
    response.setHeader('x-content-type-options', 'nosniff');
    response.setHeader('cache-control', 'no-cache');
    response.type(image.type);
    await new Promise<void>((resolve, reject) => {
      response.sendFile(image.path, { cacheControl: false, dotfiles: 'allow' }, (error) => {
        // a display that went away while the picture was sent is nobody's error
        if (error && !response.headersSent) reject(error);
        else resolve();
      });
    });
  }
}
