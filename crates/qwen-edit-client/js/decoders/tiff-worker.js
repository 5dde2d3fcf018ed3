import { serve } from '../served.js';
import { decode } from './tiff.js';

serve(decode);
