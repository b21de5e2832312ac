// The whole competition in Kazakh, each role in a browser context of its own.
import { playCompetition } from "./competition.mjs";

playCompetition("kk");
