import { serve } from '../served.js';
import { decode } from './heic.js';

serve(decode);
