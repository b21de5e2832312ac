// The whole competition in Russian, each role in a browser context of its own.
import { playCompetition } from "./competition.mjs";

playCompetition("ru");
