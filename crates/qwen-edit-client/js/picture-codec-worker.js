// picture-codec.js off the main thread: encoding 12 megapixels takes longer than a frame.

import { transcode } from './picture-codec.js';
import { serve } from './served.js';

serve(({ source, job }) => transcode(source, job));
