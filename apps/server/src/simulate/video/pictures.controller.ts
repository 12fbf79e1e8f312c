import { Controller, Get, Param, Req, Res } from '@nestjs/common';
import type { Request, Response } from 'express';
import { Problem } from '../../api/problem.js';
import { askerOf, May } from '../../auth/guards.js';
import { PicturesService } from './pictures.service.js';
import { STREAMS } from './playlist.js';

/**
 * Live playlists and their parts, for whoever may read the city's state. A wall of sixteen tiles asks more often than the API's
 * limit would let it, for small files: no such limit here.
 */
@Controller('video')
@May('city.read')
export class PicturesController {
  constructor(private readonly pictures: PicturesService) {}

  @Get('clips/:clip/:part')
  async part(@Param('clip') clip: string, @Param('part') part: string, @Res() response: Response): Promise<void> {
    const file = await this.pictures.part(clip, part);
    if (file === null) throw new Problem('not-found', 'no such part');
    response.sendFile(file, { immutable: true, maxAge: '1d', headers: { 'content-type': 'video/mp2t' } }, (error) => {
      if (error && !response.headersSent) response.status(404).end();
    });
  }

  /** 204 where this camera has no picture (yet): an answer, not an error, so that the wall stays quiet. */
  @Get(':key/:file')
  async playlist(
    @Param('key') key: string,
    @Param('file') file: string,
    @Req() request: Request,
    @Res() response: Response,
  ): Promise<void> {
    const stream = STREAMS.find((name) => file === `${name}.m3u8`);
    if (!stream) throw new Problem('not-found', 'no such stream');
    const playlist = await this.pictures.playlist(key, stream, askerOf(request).audience);
    response.setHeader('cache-control', 'no-store');
    if (playlist === null) response.status(204).end();
    else response.type('application/vnd.apple.mpegurl').send(playlist);
  }
}
