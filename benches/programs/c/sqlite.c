// Runs the SQL of standard input in a new database, a file if one is given, and prints rows as the shell does.
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>

static int row(void *unused, int columns, char **values, char **names) {
    (void)unused, (void)names;
    for (int i = 0; i < columns; i++) printf("%s%s", i ? "|" : "", values[i] ? values[i] : "");
    putchar('\n');
    return 0;
}

int main(int argc, char **argv) {
    static char sql[1 << 20];
    sqlite3 *db;
    char *message = NULL;
    sql[fread(sql, 1, sizeof sql - 1, stdin)] = 0;
    if (sqlite3_open(argc > 1 ? argv[1] : ":memory:", &db)) return 2;
    int status = sqlite3_exec(db, sql, row, NULL, &message);
    if (status) fprintf(stderr, "%s\n", message);
    sqlite3_close(db);
    return status;
}
