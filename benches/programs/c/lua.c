// Runs the Lua script that is given. It is built without a way to throw: an error ends it.
#include "lauxlib.h"
#include "lualib.h"
#include <stdio.h>

int main(int argc, char **argv) {
    lua_State *state = luaL_newstate();
    if (argc < 2 || !state) return 2;
    luaL_openlibs(state);
    int status = luaL_dofile(state, argv[1]);
    if (status) fprintf(stderr, "%s\n", lua_tostring(state, -1));
    lua_close(state);
    return status;
}
